/** What a template's first comment says that it is given. */
export interface Declaration {
  kind: 'Page' | 'Locals' | 'Arguments';
  /** The file that exports the type, where one is named. */
  from: string | null;
  /** A type: the name of one that `from` exports, with what is added to it, or the whole of it. */
  type: string;
}

const DECLARATION = /^<%#[\s\S]*?\b(Page|Locals|Arguments): (?:(src\/\S+\.ts) )?([\s\S]*?)\s*%>/;

/** @throws {Error} where the template does not say what it is given */
export function declarationOf(name: string, template: string): Declaration {
  const found = DECLARATION.exec(template);
  if (!found)
    throw new Error(
      `views/${name}.ejs(1,1): error: The first comment must say what the view is given: Page, Locals or Arguments`,
    );
  const [, kind, from = null, type = ''] = found;
  return { kind: kind as Declaration['kind'], from, type: type.replace(/\s+/g, ' ') };
}

const TAG = /<%([=\-_#]?)([\s\S]*?)[-_]?%>/g;
const newlines = (text: string) => text.replace(/[^\n]+/g, '');

/** The template as the body of a function whose code stands on the template's own lines, after `header` on the first. */
export function toTypeScript(template: string, header: string): string {
  let code = header;
  let last = 0;
  for (const tag of template.matchAll(TAG)) {
    const [whole, kind, inside = ''] = tag;
    code += newlines(template.slice(last, tag.index));
    last = tag.index + whole.length;
    if (kind === '#') code += newlines(inside);
    else if (kind === '=') code += `__text(${inside});`;
    else if (kind === '-') code += `__html(${inside});`;
    else code += `${inside} `;
  }
  return `${code}${newlines(template.slice(last))}\n}\n`;
}
