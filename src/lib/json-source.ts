/** JSON as it was written. Parsing would round its numbers and lose a value whose name occurs twice in an object. */
export class JsonSource {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Called by JSON.stringify when the value is part of a larger document. */
  toJSON(): unknown {
    return exactJson(this.text);
  }
}

/**
 * A number as it was written, if a double represents it exactly. `1.50` keeps its digits and is still a number in JSON.
 */
export class NumberSource extends JsonSource {}

/** True if a double preserves the number. A double preserves every decimal number of up to 15 digits. */
export function isExactNumber(text: string): boolean {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return false;
  const plain = text.includes('.') ? text.replace(/0+$/, '') : text;
  const digits = plain.replace('-', '').replace('.', '').replace(/^0+/, '');
  return digits.length <= 15 || (!text.includes('.') && Number.isSafeInteger(Number(text)));
}

/** Parses JSON in such a way that JSON.stringify writes each number as it was written. */
export function exactJson(text: string): unknown {
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
  );
}

type Revive = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Node has had these features since version 22, but TypeScript's types do not include them yet. */
const { parse, rawJSON } = JSON as unknown as {
  readonly parse: (text: string, revive: Revive) => unknown;
  readonly rawJSON: (text: string) => unknown;
};
