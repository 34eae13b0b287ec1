package dev.lyrebird.schema;

/**
 * What is wrong with one attribute of a row.
 *
 * @param message a clause that goes on from the attribute's name, without the row's own values
 */
public record Fault(String attribute, String message) {}
