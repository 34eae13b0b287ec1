package dev.lyrebird.replication;

import dev.lyrebird.journal.VersionVector;

/**
 * How far a peer has come, as far as that is known.
 *
 * @param node its id
 * @param isPresent whether it is a member of the cluster at the moment
 * @param isKnown whether it is one of those that exchange changes
 * @param vector what it is known to have
 */
public record PeerProgress(long node, boolean isPresent, boolean isKnown, VersionVector vector) {}
