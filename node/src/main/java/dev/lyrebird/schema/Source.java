package dev.lyrebird.schema;

/**
 * The text of one schema file.
 *
 * @param name what faults call it: the file as the operator knows it
 */
public record Source(String name, String text) {}
