const TAG = /<%([=\-_#]?)([\s\S]*?)[-_]?%>/g;
const newlines = (text: string) => text.replace(/[^\n]+/g, '');

/**
 * The template as the body of a function, whose code stands on the template's own lines after `header` on the first:
 * what it shows is given to `__text`, which takes text, or to `__html`, which takes safe HTML.
 */
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
