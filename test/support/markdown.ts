import { REPOSITORY } from './cli.ts';
import { readText } from './workspace.ts';

/** A fenced code block on a page. */
export type Block = {
  /** The language, such as `sh` or `yaml`; '' if the fence does not name one. */
  readonly language: string;
  readonly text: string;
  /** The headings above the block, without their anchors, the nearest one last. */
  readonly headings: readonly string[];
};

const FENCE = /^ *```(\w*)$/;
const HEADING = /^(#+) +(.+?)(?: *<a id="[^"]*"><\/a>)?$/;

/** The text of a page in the repository. */
export function readPage(...name: readonly string[]): string {
  return readText(REPOSITORY, ...name);
}

/** The fenced code blocks on a page in order, including blocks in lists. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let headings: readonly string[] = [];
  let open: { readonly language: string; readonly indent: number; readonly lines: string[] } | null = null;
  for (const line of page.split('\n')) {
    const [, language] = FENCE.exec(line) ?? [];
    if (open !== null && language === '') {
      blocks.push({ language: open.language, text: `${open.lines.join('\n')}\n`, headings });
      open = null;
    } else if (open !== null) {
      open.lines.push(line.slice(open.indent));
    } else if (language === undefined) {
      const [, level = '', heading = ''] = HEADING.exec(line) ?? [];
      if (heading !== '') headings = [...headings.slice(0, level.length - 1), heading];
    } else {
      open = { language, indent: line.indexOf('`'), lines: [] };
    }
  }
  return blocks;
}

/** The code blocks in a language, in order. */
export function blocksIn(page: string, language: string): readonly string[] {
  return blocksOf(page).flatMap((block) => (block.language === language ? [block.text] : []));
}

/** The code blocks in a language below a heading that starts with this text. */
export function blocksBelow(page: string, language: string, heading: string): readonly [string, ...string[]] {
  const found = blocksOf(page).filter(
    (block) => block.language === language && block.headings.some((one) => one.startsWith(heading)),
  );
  const [first, ...others] = found.map(({ text }) => text);
  if (first === undefined) throw new Error(`Cannot find a ${language} block below ${heading}`);
  return [first, ...others];
}

/** The statements in a block of SQL. A semicolon at the end of a line ends a statement. */
export function statementsOf(sql: string): readonly string[] {
  return sql
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
