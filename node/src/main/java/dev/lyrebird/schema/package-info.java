/**
 * What the operator declares: tables, their keys and attributes, and the paths they are reached by.
 * The GraphQL SDL of the schema files becomes immutable {@link dev.lyrebird.schema.TableDefinition
 * definitions}, which check rows and keys and say which row a topic or a path names. Pure: no file,
 * clock or thread is touched here, and every type may be shared between threads.
 */
@NullMarked
package dev.lyrebird.schema;

import org.jspecify.annotations.NullMarked;
