import { configureSession, type Database } from '../../src/adapters/postgres/session.ts';

/** One embedded database under another schema: opening it takes seconds, so the tests of a file share it. */
export function withSchema(engine: Database, schema: string): Database {
  return {
    ...engine,
    schema,
    async connect() {
      const session = await engine.connect();
      await configureSession(session.client, schema);
      return session;
    },
    close: async () => undefined,
  };
}
