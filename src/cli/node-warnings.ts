import type { LogFormat } from '../config/log-format.ts';

type Node = Pick<NodeJS.EventEmitter, 'listeners' | 'on' | 'removeAllListeners'>;

type Teller = {
  readonly format: () => LogFormat;
  /** Takes one that is not to be text. */
  readonly asJson: (warning: Error) => void;
};

/**
 * Holds Node's own warnings, as of a deprecated function, until it is known how lines are written. As text they are what
 * Node makes of them.
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
  // With --no-warnings nobody wants to see them.
  if (printers.length > 0) {
    node.removeAllListeners('warning');
    node.on('warning', tell);
  }
  return (known) => {
    teller = known;
    for (const warning of held.splice(0)) tell(warning);
  };
}
