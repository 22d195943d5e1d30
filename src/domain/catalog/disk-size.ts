import type { SpecificationField } from './category.ts';
import type { Specification } from './plan.ts';

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

/** What a disk is before and after a change of plan. */
export interface DiskChange {
  before: string;
  after: string;
}

/** The first disk on which a server that moves to another plan may lose data; null: none (rule O8). */
export function smallerDisk(fields: SpecificationField[], to: Specification, from: Specification): DiskChange | null {
  const disks = fields.filter(({ kind }) => kind === 'disk');
  const valueOf = (specification: Specification, { code }: SpecificationField) => String(specification[code] ?? '');
  const changed = disks.map((field) => ({ before: valueOf(from, field), after: valueOf(to, field) }));
  return changed.find(({ before, after }) => isSmallerDisk(after, before)) ?? null;
}

/** Also where a size cannot be told. */
function isSmallerDisk(to: string, from: string): boolean {
  if (to === from) return false;
  const [after, before] = [diskSize(to), diskSize(from)];
  return after === null || before === null || after < before;
}
