/**
 * The start and end of the value at a JSON Pointer, as character indexes; null if there is none. The text must be valid
 * JSON.
 */
export function locate(
  text: string,
  pointer: string,
): { readonly start: number; readonly end: number } | null {
  let at = afterSpace(text, 0);
  for (const step of pointerSteps(pointer)) {
    const found = member(text, at, step);
    if (found === null) return null;
    at = found;
  }
  return { start: at, end: afterValue(text, at) };
}

/** The names and indexes in a JSON Pointer. */
export function pointerSteps(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The position at which a member of an object or array begins. If a name is repeated, the last member counts, as in
 * JSON.parse.
 */
function member(text: string, start: number, step: string): number | null {
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return null;
  let found: number | null = null;
  let at = afterSpace(text, start + 1);
  for (let index = 0; at < text.length && !'}]'.includes(text.charAt(at)); index++) {
    let name = String(index);
    if (isObject) {
      const end = afterString(text, at);
      name = JSON.parse(text.slice(at, end)) as string;
      at = afterSpace(text, afterSpace(text, end) + 1); // past the colon
    }
    if (name === step) found = at;
    at = afterSpace(text, afterValue(text, at));
    if (text[at] === ',') at = afterSpace(text, at + 1);
  }
  return found;
}

function afterValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return afterString(text, start);
  if (first !== '{' && first !== '[') {
    const scalar = /[^\s,\]}]*/y;
    scalar.lastIndex = start;
    scalar.exec(text);
    return scalar.lastIndex;
  }
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      at = afterString(text, at);
      continue;
    }
    at++;
    if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return at;
  }
  return at;
}

function afterString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at++;
  return at;
}
