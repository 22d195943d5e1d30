/** A regular expression's part that matches this text and nothing else. */
export const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
