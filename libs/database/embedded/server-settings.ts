/**
 * Postgres's settings, given at every start so that they follow the code and not the day the data was made. `fsync` and
 * `synchronous_commit` stay on, as they are by default: an answer that was given survives a crash.
 */
export function serverSettings(port: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // Loopback TCP alone: the path of a socket in a deep data folder may be too long.
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '256MB',
    // Checkpoints are far apart, because after each one the first change of a page writes the whole page to the log.
    max_wal_size: '4GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    // What a minute's holds leave behind would fill more memory than the ledger itself.
    autovacuum_naptime: '10s',
    // Statements are short, and compiling them would take longer than running them.
    jit: 'off',
    // Nothing replicates from here by logical decoding.
    max_logical_replication_workers: '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
  };
}
