/** Advisory locks of the whole application; any numbers will do, as long as every process takes the same ones. */
export const ADVISORY_LOCKS = {
  /** Migrations of processes that start at once. */
  migrations: 7_482_001,
  /** Imports of rates, so that two of the same file at once store it once. */
  rates: 7_482_002,
  /** The first start's seed. */
  seed: 7_482_003,
  /** The role and the database of the embedded server. */
  embeddedSetup: 7_482_004,
  /** Addresses assigned by hand, so that two cannot take one. */
  addresses: 7_482_005,
  /** The billing calendar: one run at a time. */
  billing: 7_482_006,
} as const;
