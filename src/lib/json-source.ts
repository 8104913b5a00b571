/** JSON as it was written: parsing would round its numbers and lose a name that occurs twice in an object. */
export class JsonSource {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For JSON.stringify, when it is part of a larger document. */
  toJSON(): unknown {
    return exactJson(this.text);
  }
}

/** A number as it was written, if a double holds it exactly: `1.50` keeps its digits and is still a number in JSON. */
export class NumberSource extends JsonSource {}

/** A double preserves every decimal of up to 15 digits. */
export function isExactNumber(text: string): boolean {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return false;
  const plain = text.includes('.') ? text.replace(/0+$/, '') : text;
  const digits = plain.replace('-', '').replace('.', '').replace(/^0+/, '');
  return digits.length <= 15 || (!text.includes('.') && Number.isSafeInteger(Number(text)));
}

/** Parses JSON for JSON.stringify: a number that JavaScript would write differently stays as it was written. */
export function exactJson(text: string): unknown {
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
  );
}

type Revive = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Node has had these since version 22; TypeScript does not know them yet. */
const { parse, rawJSON } = JSON as unknown as {
  readonly parse: (text: string, revive: Revive) => unknown;
  readonly rawJSON: (text: string) => unknown;
};
