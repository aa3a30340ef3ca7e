import { Client } from 'pg';

/** What PostgreSQL answered to `SELECT 1`. */
export interface DatabaseAnswer {
  readonly one?: number;
  /** The marker as the database returned it. */
  readonly marker?: string;
  readonly error?: string;
}

/** A database that does not answer is reported well before a caller gives up. */
const patienceMs = 3_000;

/**
 * Asks `SELECT 1` on a connection of its own, so that one call is one TCP connection. The marker goes along as a
 * parameter, which PostgreSQL logs under `log_statement=all`. Never rejects; a failure is an answer with an error.
 *
 * @param url `postgres://user:password@host:port/database`; what it lacks comes from PGPASSWORD and its like
 * @param name how PostgreSQL names the connection in `pg_stat_activity`
 */
export async function selectOne(url: string, name: string, marker: string): Promise<DatabaseAnswer> {
  const client = new Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
  });
  // Without a listener a connection lost between two steps would end the process; the step itself rejects anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ one: number; marker: string }>('SELECT 1 AS one, $1::text AS marker', [
      marker,
    ]);
    return rows[0] ?? { error: 'no row' };
  } catch (error) {
    const { message, code, name: kind } = error as NodeJS.ErrnoException;
    return { error: message || (code ?? kind) };
  } finally {
    await client.end().catch(() => undefined);
  }
}
