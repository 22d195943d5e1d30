import * as prettier from 'prettier';

/**
 * Prettier for EJS: tags of code become HTML that Prettier can indent, and are put back afterwards, their code
 * untouched. It asks two things of a template: no statement inside an HTML tag (use `attrs()`), and every block of code
 * holds whole elements.
 */
export const languages = [{ name: 'EJS', parsers: ['ejs'], extensions: ['.ejs'] }];

export const parsers = {
  ejs: {
    astFormat: 'ejs',
    parse: async (text, options) => ({ text: await format(text, options.printWidth) }),
    locStart: () => 0,
    locEnd: () => 0,
  },
};

export const printers = { ejs: { print: ({ node }) => prettier.doc.utils.replaceEndOfLine(node.text) } };

const TAG = /<%[\s\S]*?%>/g;
const codeOf = (tag) => tag.replace(/^<%[=\-_#]?|[-_]?%>$/g, '').trim();
const count = (text, sign) => text.split(sign).length - 1;

async function format(text, printWidth) {
  const tags = [];
  const html = text.replace(TAG, (tag, at) => {
    const n = tags.push(tag) - 1;
    if (isInsideHtmlTag(text, at) || /^<%[=-]/.test(tag)) return placeholder(n, tag);
    if (tag.startsWith('<%#')) return `<!--ejs ${n}-->`;
    const code = codeOf(tag);
    const opens = count(code, '{') - count(code, '}');
    if (/^\}.*\{$/s.test(code)) return `</ejs-block><ejs-block n="${n}">`;
    if (opens > 0) return `<ejs-block n="${n}">`;
    return opens < 0 ? `</ejs-block><!--ejs ${n}-->` : `<!--ejs ${n}-->`;
  });
  const formatted = await prettier.format(html, { parser: 'html', printWidth, htmlWhitespaceSensitivity: 'ignore' });
  const original = (_, n) => tags[n];
  return formatted
    .replace(/<\/ejs-block\s*>\s*<ejs-block n="(\d+)"\s*>/g, original)
    .replace(/<\/ejs-block\s*>\s*<!--ejs (\d+)-->/g, original)
    .replace(/<ejs-block n="(\d+)"\s*>/g, original)
    .replace(/<!--ejs (\d+)-->/g, original)
    .replace(/Qq(\d+)q+Q/g, original);
}

/** As wide as the tag, so that lines break where they would. */
const placeholder = (n, tag) => `Qq${n}`.padEnd(Math.min(tag.length, 100) - 1, 'q') + 'qQ';

function isInsideHtmlTag(text, at) {
  const before = text.slice(0, at).replace(TAG, '');
  return /<[a-zA-Z][^<>]*$/.test(before);
}
