/**
 * Rows of several tables as one: {@link dev.lyrebird.relation.JoinedConditions} finds what a
 * condition on joined rows comes to for the rows that join them, and {@link
 * dev.lyrebird.relation.JoinedRows} puts joined rows into those that are to be shown. {@link
 * dev.lyrebird.relation.RowDeletion} deletes the rows that such a condition picks. All ask the
 * tables one after another through {@link dev.lyrebird.resource.Tables}, on the event loop of
 * whoever asks, so that each is read as it stands when its turn comes. What a relationship means is
 * said by {@link dev.lyrebird.schema.RelatedType}.
 */
@NullMarked
package dev.lyrebird.relation;

import org.jspecify.annotations.NullMarked;
