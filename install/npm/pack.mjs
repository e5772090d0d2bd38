// Makes npm packages of the release archives that install/package.sh built: one per platform with the
// executables, and `rejoin` with all of them as optional dependencies.
//
// Usage: node install/npm/pack.mjs [ARCHIVES [OUT]]   [default: dist dist/npm]

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const archives = path.resolve(process.argv[2] ?? path.join(source, 'dist'));
const out = path.resolve(process.argv[3] ?? path.join(archives, 'npm'));

// The names that npm gives what Rust calls a target. Static executables do not care about the libc.
const PLATFORMS = {
  'x86_64-unknown-linux-musl': ['linux', 'x64'],
  'aarch64-unknown-linux-musl': ['linux', 'arm64'],
  'x86_64-apple-darwin': ['darwin', 'x64'],
  'aarch64-apple-darwin': ['darwin', 'arm64'],
  'x86_64-pc-windows-gnu': ['win32', 'x64'],
};

const cargo = fs.readFileSync(path.join(source, 'Cargo.toml'), 'utf8');
const field = (name) => new RegExp(`^${name} = "(.*)"$`, 'm').exec(cargo)[1];
const common = {
  version: field('version'),
  license: field('license'),
};

function fail(message) {
  console.error(`pack.mjs: ${message}`);
  process.exit(1);
}

function pack(name, fill, manifest) {
  const folder = fs.mkdtempSync(path.join(out, '.making-'));
  try {
    fill(folder);
    for (const file of ['LICENSE-APACHE', 'LICENSE-MIT']) {
      fs.copyFileSync(path.join(source, file), path.join(folder, file));
    }
    const whole = { name, ...common, ...manifest };
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(whole, null, 2) + '\n');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', out];
    const made = execFileSync(npm, args, { cwd: folder, encoding: 'utf8' }).trim();
    console.log(`built      ${path.join(out, made)}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const sums = path.join(archives, 'SHA256SUMS');
if (!fs.existsSync(sums)) fail(`no SHA256SUMS in ${archives}; run install/package.sh first`);
fs.mkdirSync(out, { recursive: true });
const optional = {};
for (const line of fs.readFileSync(sums, 'utf8').split('\n').filter(Boolean)) {
  const [sum, file] = line.split(/ [ *]/);
  const target = Object.keys(PLATFORMS).find((target) =>
    file.startsWith(`rejoin-${common.version}-${target}.`)
  );
  if (!target) continue;
  const archive = path.join(archives, file);
  const found = createHash('sha256').update(fs.readFileSync(archive)).digest('hex');
  if (found !== sum) fail(`${archive} does not match its checksum`);
  const [os, cpu] = PLATFORMS[target];
  const name = `rejoin-${os}-${cpu}`;
  const fill = (folder) => {
    const unpacked = fs.mkdtempSync(path.join(out, '.unpacked-'));
    try {
      if (file.endsWith('.zip')) execFileSync('unzip', ['-q', archive, '-d', unpacked]);
      else execFileSync('tar', ['-x', '-z', '-f', archive, '-C', unpacked]);
      const inside = path.join(unpacked, file.replace(/\.(zip|tar\.gz)$/, ''));
      fs.mkdirSync(path.join(folder, 'bin'));
      for (const entry of fs.readdirSync(inside).filter((entry) => entry.startsWith('rejoin'))) {
        fs.copyFileSync(path.join(inside, entry), path.join(folder, 'bin', entry));
        fs.chmodSync(path.join(folder, 'bin', entry), 0o755);
      }
    } finally {
      fs.rmSync(unpacked, { recursive: true });
    }
    fs.writeFileSync(
      path.join(folder, 'README.md'),
      `# ${name}\n\nThe executables of rejoin for ${os} on ${cpu}. Install \`rejoin\`, which brings this package.\n`
    );
  };
  pack(name, fill, {
    description: `The executables of rejoin for ${os} on ${cpu}`,
    os: [os],
    cpu: [cpu],
    files: ['bin'],
    preferUnplugged: true,
  });
  optional[name] = common.version;
}
if (!Object.keys(optional).length) fail(`no archive of version ${common.version} in ${archives}`);
const fill = (folder) => {
  fs.copyFileSync(path.join(source, 'install/npm/rejoin.js'), path.join(folder, 'rejoin.js'));
  fs.copyFileSync(path.join(source, 'README.md'), path.join(folder, 'README.md'));
};
pack('rejoin', fill, {
  description: field('description'),
  keywords: ['claude-code', 'hooks', 'session', 'resume', 'context'],
  bin: { rejoin: 'rejoin.js' },
  files: ['rejoin.js'],
  engines: { node: '>=18' },
  optionalDependencies: optional,
});
