/** As a part of a regular expression that stands for this text and nothing else. */
export const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
