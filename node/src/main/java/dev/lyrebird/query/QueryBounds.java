package dev.lyrebird.query;

/**
 * How much a table does for one query, and for how many at once.
 *
 * @param maxScannedRows rows that are read one after another for want of an index
 * @param maxGatheredIds rows that indexes may name before all rows are read instead
 * @param maxSortedBytes memory for the rows of a query that are put in order
 * @param maxUnderWay queries of a table under way at once
 */
public record QueryBounds(
    long maxScannedRows, int maxGatheredIds, long maxSortedBytes, int maxUnderWay) {}
