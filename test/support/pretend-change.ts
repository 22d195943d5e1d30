import fs from 'node:fs';
import { vi } from 'vitest';

/** As if something had been added to a file, until mocks are restored. */
export function pretendChange(file: string, addition: string) {
  const read = fs.readFileSync;
  vi.spyOn(fs, 'readFileSync').mockImplementation(((name: string, options: BufferEncoding) => {
    const content = read(name, options);
    return name.endsWith(file) ? content + addition : content;
  }) as typeof fs.readFileSync);
}
