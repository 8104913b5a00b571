import type { LogFormat } from '../config/log-format.ts';

type Node = Pick<NodeJS.EventEmitter, 'listeners' | 'on' | 'removeAllListeners'>;

type Printing = {
  readonly format: () => LogFormat;
  /** Prints a warning as a JSON line. */
  readonly asJson: (warning: Error) => void;
};

/**
 * Holds back Node's own warnings, such as deprecation warnings, until the returned function is called with the log
 * format. In text format, Node prints the warnings itself.
 */
export function holdWarnings(node: Node): (printing: Printing) => void {
  const printers = node.listeners('warning');
  const held: Error[] = [];
  let printing: Printing | null = null;
  const print = (warning: Error): void => {
    if (printing === null) held.push(warning);
    else if (printing.format() === 'json') printing.asJson(warning);
    else for (const printer of printers) printer.call(node, warning);
  };
  // With --no-warnings, there are no printers and warnings must not be printed.
  if (printers.length > 0) {
    node.removeAllListeners('warning');
    node.on('warning', print);
  }
  return (known) => {
    printing = known;
    for (const warning of held.splice(0)) print(warning);
  };
}
