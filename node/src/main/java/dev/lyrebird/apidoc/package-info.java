/**
 * What a node tells of its own interface: an OpenAPI document of its paths and an AsyncAPI document
 * of its topics and streams, both made of the very definitions that the node answers by. The parts
 * of each specification are records by its names; JSON Schemas of rows are shared by both. Pure: a
 * document is made once, as text that is the same for the same schema.
 */
@NullMarked
package dev.lyrebird.apidoc;

import org.jspecify.annotations.NullMarked;
