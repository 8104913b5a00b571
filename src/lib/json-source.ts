/** JSON as it is written: parsed, its numbers would be rounded, and a name that occurs twice in an object lost. */
export class JsonSource {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For a document that is written as a whole. */
  toJSON(): unknown {
    return exactJson(this.text);
  }
}

/** A number as it is written, for one that a double holds exactly: `1.50` keeps its digits, and is a number in JSON. */
export class NumberSource extends JsonSource {}

/** A decimal of up to 15 digits comes back from a double as it went in. */
export function isExactNumber(text: string): boolean {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return false;
  const plain = text.includes('.') ? text.replace(/0+$/, '') : text;
  const digits = plain.replace('-', '').replace('.', '').replace(/^0+/, '');
  return digits.length <= 15 || (!text.includes('.') && Number.isSafeInteger(Number(text)));
}

/** Parses JSON for JSON.stringify: a number that JavaScript would write in another way stays as it is written. */
export function exactJson(text: string): unknown {
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
  );
}

type Revive = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Node has had these since 22; TypeScript does not know them yet. */
const { parse, rawJSON } = JSON as unknown as {
  readonly parse: (text: string, revive: Revive) => unknown;
  readonly rawJSON: (text: string) => unknown;
};
