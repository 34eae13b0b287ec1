package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * What durable sessions cost while their clients are away, and how fast they are served when all
 * come back at once.
 *
 * @param withoutSessions what the messages alone add to the server
 * @param opening what the sessions add to it, before any message
 * @param withSessions what as many messages add while all sessions wait for them
 * @param backSeconds from the first reconnect until the last message has come
 * @param serverCpuMicros the server's processor time for one of them
 * @param lost deliveries that did not come
 */
@JsonPropertyOrder({
  "scenario",
  "server",
  "sessions",
  "messages",
  "withoutSessions",
  "opening",
  "withSessions",
  "received",
  "lost",
  "backSeconds",
  "messagesPerSecond",
  "serverCpuMicros"
})
record AbsenceReport(
    String scenario,
    String server,
    int sessions,
    int messages,
    Footprint withoutSessions,
    Footprint opening,
    Footprint withSessions,
    long received,
    long lost,
    double backSeconds,
    long messagesPerSecond,
    double serverCpuMicros)
    implements Outcome {}
