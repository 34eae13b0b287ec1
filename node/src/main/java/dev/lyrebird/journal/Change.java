package dev.lyrebird.journal;

/** A write that a node accepted: the same on every node. */
public record Change(Timestamp timestamp, Write write) {}
