/** Is this process one of `npm start`, `npm exec` or npx? */
export function startedByNpm(): boolean {
  return process.env['npm_command'] !== undefined;
}
