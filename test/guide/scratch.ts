/** Where the guide's commands put everything, instead of on the machine itself. */
export interface Scratch {
  folder: string;
  /** The guide's ports, and the ones that replace them here. */
  ports: Record<80 | 443 | 3001 | 3002 | 3009 | 5432, number>;
  /** What is cloned instead of the repository. */
  project: string;
}

const SYSTEM_FOLDERS = '/(?:bin|boot|dev|etc|home|lib|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?![\\w])';
const ABSOLUTE = new RegExp(`(?<![\\w.$}/-])${SYSTEM_FOLDERS}(?:/[^\\s"';:)]*)?`, 'g');
const HARMLESS = ['/dev/null'];

/**
 * The commands that the runner lets through: those that a function of its shell stands for, and those that stay where
 * they are put.
 */
const KNOWN_COMMANDS =
  /^(?:apt-get|systemctl|nginx|curl|runuser|kabinet|ready|git|npm|ln|install|sed|cat|echo|openssl|cd|set|\.|for|do|done|if|fi|then|\w+=.*|\w+\(\).*|[()}]+|"\$@")$/;

/**
 * A text of the guide as it may be run or written here.
 * @throws when a path outside the scratch folder, or an unknown command, is left: then nothing must be run
 */
export function localised(text: string, scratch: Scratch, { commands = false } = {}): string {
  const { folder, ports, project } = scratch;
  const moved = text
    .replace(ABSOLUTE, (found) => (HARMLESS.includes(found) ? found : folder + found))
    .replaceAll('https://git.example.com/kabinet.git', `"${project}"`)
    .replaceAll('https://portal.example.com', `https://portal.example.com:${ports[443]}`)
    .replace(/(listen (?:\[::\]:)?)(80|443)\b/g, (_, listen: string, port: '80' | '443') => listen + ports[port])
    .replace(/\b(3001|3002|3009|5432)\b/g, (port) => String(ports[Number(port) as 3001]))
    // This portal is tried without customers.
    .replaceAll('npm run verify', 'npm run verify -- --empty-is-fine')
    // The banks are not asked for their rates.
    .replace(/^SMTP_URL=off$/m, 'SMTP_URL=off\nECB_RATES_URL=off\nCBR_RATES_URL=off');
  refuseStrayPaths(moved, scratch);
  if (commands) refuseUnknownCommands(text);
  return moved;
}

function refuseStrayPaths(text: string, { folder, project }: Scratch) {
  const inside = text.replaceAll(project, '').replaceAll(folder, '');
  const stray = text
    .match(ABSOLUTE)
    ?.find((found) => !HARMLESS.includes(found) && !found.startsWith(folder) && !found.startsWith(project));
  if (stray || /~\/|\$HOME|\.\.\//.test(inside)) throw new Error(`A path outside the scratch folder: ${stray ?? text}`);
}

/** The first word of each command, here-documents left out. */
function refuseUnknownCommands(text: string) {
  const commands = text
    .replace(/<<'?(\w+)'?([^\n]*)\n[\s\S]*?\n\1$/gm, '$2')
    .replace(/\\\n/g, ' ')
    .split(/\n|&&|\|\||;|\|/)
    .map((command) =>
      command
        .trim()
        .replace(/^\(+/, '')
        .replace(/^do\s+/, ''),
    )
    .filter((command) => command !== '' && !command.startsWith('#'));
  for (const command of commands) {
    const [word = ''] = command.split(/\s/, 1);
    if (!KNOWN_COMMANDS.test(word)) throw new Error(`A command that the runner does not know: ${command}`);
  }
}
