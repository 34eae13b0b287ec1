package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * How fast a subscriber goes on in a long journal.
 *
 * @param fillSeconds in which the journal was written
 * @param nearHeadMillis from the connect to the first event of what was missed last: median
 * @param nearHeadMillis99 likewise, of the slowest in a hundred
 * @param allPerSecond entries from the middle to one subscriber of all topics
 * @param serverCpuMicros the server's processor time for one of these
 * @param singleServerCpuMicros likewise for one entry to a subscriber of a single topic
 * @param singlePerSecond entries from the middle that match, to a subscriber of a single topic
 */
@JsonPropertyOrder({
  "scenario",
  "server",
  "entries",
  "topics",
  "fillSeconds",
  "nearHeadMillis",
  "nearHeadMillis99",
  "allPerSecond",
  "serverCpuMicros",
  "singleServerCpuMicros",
  "singlePerSecond"
})
record ResumeReport(
    String scenario,
    String server,
    int entries,
    int topics,
    double fillSeconds,
    double nearHeadMillis,
    double nearHeadMillis99,
    long allPerSecond,
    double serverCpuMicros,
    double singleServerCpuMicros,
    long singlePerSecond)
    implements Outcome {}
