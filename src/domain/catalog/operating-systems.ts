/** What a server can be set up with; the code is kept with the order. */
export const OPERATING_SYSTEMS: { code: string; name: string }[] = [
  { code: 'debian-13', name: 'Debian 13' },
  { code: 'ubuntu-26.04', name: 'Ubuntu 26.04 LTS' },
  { code: 'almalinux-10', name: 'AlmaLinux 10' },
  { code: 'rocky-10', name: 'Rocky Linux 10' },
  { code: 'freebsd-15', name: 'FreeBSD 15' },
];

/** The name of a system by its code; of one that is no longer on the list, the code. */
export const systemName = (code: string): string =>
  OPERATING_SYSTEMS.find((system) => system.code === code)?.name ?? code;
