const DISKS = /(?:(\d+)\s*[×x]\s*)?(\d+(?:\.\d+)?)\s*(GB|TB)/g;

/** What a plan's disks hold together, in GB, as its specification has it, "2 × 512 GB NVMe"; null where it has no size. */
function diskSize(disk: string): number | null {
  const parts = [...disk.matchAll(DISKS)];
  if (parts.length === 0) return null;
  return parts.reduce(
    (total, [, count = '1', size, unit]) => total + Number(count) * Number(size) * (unit === 'TB' ? 1000 : 1),
    0,
  );
}

/** Whether a server that moves from one disk to another may lose data: also where a size cannot be told (rule O8). */
export function isSmallerDisk(to: string, from: string): boolean {
  if (to === from) return false;
  const [after, before] = [diskSize(to), diskSize(from)];
  return after === null || before === null || after < before;
}
