/**
 * Is this a variable that Kubernetes adds for a Service? It adds such variables to every container of a namespace: a
 * Service named `postgres` creates `POSTGRES_PORT=tcp://10.0.0.5:5432`, and one named `spacex-pipeline` creates several
 * with our prefix.
 */
export function isServiceVariable(name: string, value: string): boolean {
  if (/_SERVICE_(?:HOST|PORT|PORT_[A-Z0-9_]+)$/.test(name)) return true;
  if (/_PORT_\d+_(?:TCP|UDP|SCTP)_(?:PROTO|PORT|ADDR)$/.test(name)) return true;
  return /_PORT(?:_\d+_(?:TCP|UDP|SCTP))?$/.test(name) && /^(?:tcp|udp|sctp):\/\//.test(value.trim());
}
