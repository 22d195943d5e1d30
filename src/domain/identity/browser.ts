/** What a request said about where it came from: kept with sessions and sign-ins. */
export interface Visit {
  address: string;
  /** The header `User-Agent`, cut to what the tables keep. */
  userAgent: string;
}

const USER_AGENT_LENGTH = 400;

/** What is kept of a browser's own description, which anybody may make up. */
export const keptUserAgent = (header: string | undefined): string =>
  // Whatever is not printable would be refused by the table or spoil a page.
  (header ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, USER_AGENT_LENGTH);
