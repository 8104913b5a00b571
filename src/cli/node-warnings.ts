import type { LogFormat } from '../config/log-format.ts';

type Node = Pick<NodeJS.EventEmitter, 'listeners' | 'on' | 'removeAllListeners'>;

type Teller = {
  readonly format: () => LogFormat;
  /** Takes a warning when lines are JSON. */
  readonly asJson: (warning: Error) => void;
};

/**
 * Holds back Node's own warnings, such as of a deprecated function, until the log format is known. In text format, Node
 * prints them itself.
 */
export function holdWarnings(node: Node): (teller: Teller) => void {
  const printers = node.listeners('warning');
  const held: Error[] = [];
  let teller: Teller | null = null;
  const tell = (warning: Error): void => {
    if (teller === null) held.push(warning);
    else if (teller.format() === 'json') teller.asJson(warning);
    else for (const print of printers) print.call(node, warning);
  };
  // With --no-warnings, nothing is to be printed.
  if (printers.length > 0) {
    node.removeAllListeners('warning');
    node.on('warning', tell);
  }
  return (known) => {
    teller = known;
    for (const warning of held.splice(0)) tell(warning);
  };
}
