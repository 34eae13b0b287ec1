package dev.lyrebird.query;

import org.jspecify.annotations.Nullable;

/**
 * In which ways the rows can be found that a query asks for. Which are gone, the indexes decide:
 * how many rows they name is not known before they are read.
 *
 * @param named how the condition names rows, by their ids or by indexes; null where it does not
 * @param inOrder how rows come in the order asked for; null where no index has it
 * @param scan how all rows are found in any case
 * @param reason why terms of the condition or the order are served by nothing; may be empty
 */
public record QueryPlan(
    @Nullable Access named, Access.@Nullable InOrder inOrder, Access.Scan scan, String reason) {}
