package dev.lyrebird.query;

/**
 * How a query was carried out.
 *
 * @param plan how the rows were found
 * @param reason why terms of the condition or the order were served by no index; may be empty
 * @param indexEntriesRead how many entries of indexes were looked at
 * @param rowsRead how many rows were looked at
 * @param rowsReturned how many of them the client was given
 * @param isSortedInMemory whether they had to be put in order before the first could be given
 */
public record QueryReport(
    Access plan,
    String reason,
    long indexEntriesRead,
    long rowsRead,
    long rowsReturned,
    boolean isSortedInMemory) {}
