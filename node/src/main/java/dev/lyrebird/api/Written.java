package dev.lyrebird.api;

/**
 * What became of a row that was written.
 *
 * @param id its key
 * @param version that it has now; see {@link Row#version}
 * @param isCreated whether it was not there before
 */
public record Written(String id, String version, boolean isCreated) {}
