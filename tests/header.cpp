// Only here so that Catch2's header is precompiled.
