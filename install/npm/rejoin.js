#!/usr/bin/env node
// Becomes the `rejoin` of this platform's package, which npm installs beside this one as an optional
// dependency: no script runs at installation, and nothing is downloaded later.
'use strict';

const { spawnSync } = require('node:child_process');

const name = `rejoin-${process.platform}-${process.arch}`;
const suffix = process.platform === 'win32' ? '.exe' : '';

let executable;
try {
  executable = require.resolve(`${name}/bin/rejoin${suffix}`);
} catch {
  console.error(
    `rejoin: no package for ${process.platform} on ${process.arch} is installed; ` +
      'install without --omit=optional, or build from source'
  );
  process.exit(1);
}

const done = spawnSync(executable, process.argv.slice(2), { stdio: 'inherit' });
if (done.error) {
  console.error(`rejoin: ${executable} does not start: ${done.error.message}`);
  process.exit(1);
}
if (done.signal) process.kill(process.pid, done.signal);
process.exit(done.status ?? 1);
