/** Placeholder until the engine is in place. */
process.stdout.write('no engine\n');
