package dev.lyrebird.cluster;

/** Why a node cannot be part of a cluster, in words for its operator. */
public final class ClusterException extends RuntimeException {

  ClusterException(String message) {
    super(message);
  }

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
