import * as prettier from 'prettier';

/**
 * Prettier for EJS: tags of code become HTML that Prettier can indent, and are put back afterwards, their code formatted
 * as JavaScript where it is whole. It asks two things of a template: no statement inside an HTML tag (use `attrs()`),
 * and every block of code holds whole elements.
 */
export const languages = [{ name: 'EJS', parsers: ['ejs'], extensions: ['.ejs'] }];

export const parsers = {
  ejs: {
    astFormat: 'ejs',
    parse: async (text, options) => ({ text: await format(text, options) }),
    locStart: () => 0,
    locEnd: () => 0,
  },
};

export const printers = { ejs: { print: ({ node }) => prettier.doc.utils.replaceEndOfLine(node.text) } };

const TAG = /<%[\s\S]*?%>/g;
const codeOf = (tag) => tag.replace(/^<%[=\-_#]?|[-_]?%>$/g, '').trim();
const count = (text, sign) => text.split(sign).length - 1;

async function format(text, options) {
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
  const { printWidth } = options;
  const formatted = await prettier.format(html, { parser: 'html', printWidth, htmlWhitespaceSensitivity: 'ignore' });
  const held = formatted
    .replace(/<\/ejs-block\s*>\s*<ejs-block n="(\d+)"\s*>/g, 'Qq$1qQ')
    .replace(/<\/ejs-block\s*>\s*<!--ejs (\d+)-->/g, 'Qq$1qQ')
    .replace(/<ejs-block n="(\d+)"\s*>/g, 'Qq$1qQ')
    .replace(/<!--ejs (\d+)-->/g, 'Qq$1qQ');
  const lines = [];
  for (const line of held.split('\n')) {
    const whole = await withTags(line, tags, options);
    const fits = whole.split('\n').every(({ length }) => length <= printWidth);
    const broken = fits ? [line] : breakAtBlocks(line, tags);
    lines.push(
      ...(broken.length > 1 ? await Promise.all(broken.map((part) => withTags(part, tags, options))) : [whole]),
    );
  }
  return lines.join('\n');
}

/** A line that is too long, with each beginning, middle and end of a block on a line of its own. */
function breakAtBlocks(line, tags) {
  let indent = /^ */.exec(line)[0].length;
  const broken = [];
  for (const part of line.trim().split(/(Qq\d+q+Q)/)) {
    const n = HELD.exec(part)?.[1];
    const code = n !== undefined && /^<%(?![=\-#_])/.test(tags[n]) ? codeOf(tags[n]) : '';
    const closes = code.startsWith('}');
    const opens = code.endsWith('{');
    if (closes) indent -= 2;
    if (closes || opens || broken.length === 0) broken.push({ indent, text: part, closed: closes || opens });
    else if (broken.at(-1).closed) broken.push({ indent, text: part, closed: false });
    else broken.at(-1).text += part;
    if (opens) indent += 2;
  }
  return broken
    .filter(({ text }) => text.trim() !== '')
    .map(({ indent: width, text }) => ' '.repeat(Math.max(0, width)) + text.trim());
}

/** As wide as the tag, so that lines break where they would. */
const placeholder = (n, tag) => `Qq${n}`.padEnd(Math.min(tag.length, 100) - 1, 'q') + 'qQ';

function isInsideHtmlTag(text, at) {
  const before = text.slice(0, at).replace(TAG, '');
  return /<[a-zA-Z][^<>]*$/.test(before);
}

const HELD = /Qq(\d+)q+Q/;

/** The line with its tags put back; a tag of several lines is indented as its line is. */
async function withTags(line, tags, options) {
  const indent = /^ */.exec(line)[0];
  const parts = line.split(/(Qq\d+q+Q)/);
  for (const [index, part] of parts.entries()) {
    const n = HELD.exec(part)?.[1];
    if (n === undefined) continue;
    const inTag = isInsideHtmlTag(parts.slice(0, index).join(''), Infinity);
    const tag = inTag ? tags[n] : await formatTag(tags[n], options.printWidth - indent.length, options);
    parts[index] = tag.replaceAll('\n', `\n${indent}`);
  }
  return parts.join('');
}

/** The tag with its code as Prettier writes it; a part of a statement and a comment stay as they are. */
async function formatTag(tag, width, options) {
  const opening = /^<%[=\-#_]?/.exec(tag)[0];
  if (opening === '<%#') return formatComment(tag, width);
  try {
    const style = { parser: 'babel', singleQuote: options.singleQuote, trailingComma: options.trailingComma };
    const code = (await prettier.format(codeOf(tag), { ...style, printWidth: width - 7 })).trimEnd();
    return `${opening} ${opening === '<%' ? code : code.replace(/^;|;$/g, '')} %>`;
  } catch {
    return `${opening} ${codeOf(tag)} %>`;
  }
}

const TYPE = /\s+((?:Page|Locals|Arguments): [\s\S]*)$/;

/** What a template is for and what it is given; each on lines of its own where one line is too short for both. */
function formatComment(tag, width) {
  const words = codeOf(tag).replace(/\s+/g, ' ');
  const line = `<%# ${words} %>`;
  if (line.length <= width) return line;
  const type = TYPE.exec(words)?.[1] ?? '';
  const sentence = words.replace(TYPE, '');
  const typeLines =
    type.length + 2 <= width
      ? type
      : type.replace(/(\{ |; )/g, (sign) => `${sign.trim()}\n    `).replace(/ \}$/, '\n  }');
  return `<%#\n  ${sentence}\n  ${typeLines}\n%>`;
}
