package dev.lyrebird.replication;

/**
 * What a replica is bound by.
 *
 * @param heartbeatMillis how often it tells how it stands when there is nothing else to tell
 * @param answerMillis how long it waits for an answer before it asks another
 * @param pushBytes what may be under way to one peer; past it the peer is left to pull
 * @param pageBytes the size of a page, of changes or of rows, roughly
 * @param retentionMillis how long a peer may be silent before it is forgotten
 * @param graceMillis how long rows remember more than they must
 */
public record ReplicaSettings(
    long heartbeatMillis,
    long answerMillis,
    long pushBytes,
    int pageBytes,
    long retentionMillis,
    long graceMillis) {}
