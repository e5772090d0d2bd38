<#
.SYNOPSIS
Installs rejoin for the current user: from a released archive where there is one, else built from this
source tree, which needs a Rust toolchain.

.EXAMPLE
install\install.ps1 -Yes

.EXAMPLE
install\install.ps1 -Releases https://example.org/rejoin/latest
#>
[CmdletBinding()]
param(
    # Folder or URL of the archives and their SHA256SUMS.
    [string] $Releases = $env:REJOIN_RELEASES,
    # Build, whatever archives there are.
    [switch] $FromSource,
    # Where `rejoin.exe` goes.
    [string] $BinDir = (Join-Path $env:LOCALAPPDATA 'rejoin\cli'),
    # Register for the project in the current folder only.
    [switch] $Project,
    # What a new session is told.
    [ValidateSet('', 'always', 'auto', 'notice')] [string] $Inject = '',
    # Leave the hooks to the Claude Code plugin.
    [switch] $NoHooks,
    # Leave Claude Code's permission rules alone.
    [switch] $NoPermissions,
    # Answer every question with yes.
    [switch] $Yes,
    # Show every change and make none.
    [switch] $DryRun
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# The progress bar slows a download down many times.
$ProgressPreference = 'SilentlyContinue'

$source = Split-Path -Parent $PSScriptRoot
$version = $null
$manifest = Join-Path $source 'Cargo.toml'
if (Test-Path $manifest) {
    $version = (Select-String -Path $manifest -Pattern '^version = "(.*)"$' | Select-Object -First 1).Matches[0].Groups[1].Value
    if (-not $Releases -and (Test-Path (Join-Path $source 'dist'))) {
        $Releases = Join-Path $source 'dist'
    }
}

$scratch = Join-Path ([IO.Path]::GetTempPath()) ("rejoin-" + [Guid]::NewGuid())
New-Item -ItemType Directory -Path $scratch | Out-Null

function Get-Released([string] $name) {
    $to = Join-Path $scratch $name
    if ($Releases -match '^https?://') {
        Invoke-WebRequest -UseBasicParsing -Uri "$Releases/$name" -OutFile $to
    } else {
        Copy-Item -Path (Join-Path $Releases $name) -Destination $to
    }
    $to
}

# The folder of the executables of a released archive; nothing where none fits.
function Get-Release {
    if (-not $Releases) { return }
    try { $sums = Get-Content (Get-Released 'SHA256SUMS') }
    catch { Write-Host "no archives in $Releases"; return }
    $which = if ($version) { [regex]::Escape($version) } else { '\S*' }
    $found = $sums | Select-String -Pattern "^([0-9a-f]{64}) [ *](rejoin-$which-x86_64-pc-windows-(?:gnu|msvc)\.zip)$" | Select-Object -Last 1
    if (-not $found) { Write-Host "no archive for Windows in $Releases"; return }
    $wanted = $found.Matches[0].Groups[1].Value
    $name = $found.Matches[0].Groups[2].Value
    $archive = Get-Released $name
    $sum = (Get-FileHash -Algorithm SHA256 -Path $archive).Hash.ToLowerInvariant()
    if ($sum -ne $wanted) { throw "$name does not match its checksum: nothing was installed" }
    Expand-Archive -Path $archive -DestinationPath $scratch
    Write-Host "installing from $name (checksum matches)"
    Join-Path $scratch ([IO.Path]::GetFileNameWithoutExtension($name))
}

function Build-Source {
    if (-not $version) {
        throw 'there is no source tree here to build from: pass -Releases WHERE, or run it in a clone'
    }
    if (-not (Get-Command cargo -ErrorAction SilentlyContinue)) {
        throw 'no cargo on the path: install Rust (https://rustup.rs), then run this again'
    }
    Push-Location $source
    try {
        cargo build --release --locked --bins | Out-Host
        if ($LASTEXITCODE -ne 0) { throw 'cargo could not build it' }
        $metadata = cargo metadata --format-version 1 --no-deps --locked | ConvertFrom-Json
        Join-Path $metadata.target_directory 'release'
    } finally {
        Pop-Location
    }
}

try {
    $built = if ($FromSource) { $null } else { Get-Release }
    if (-not $built) { $built = Build-Source }
    $arguments = @('install', '--from', $built, '--bin-dir', $BinDir)
    if ($Project) { $arguments += '--project' }
    if ($NoHooks) { $arguments += '--no-hooks' }
    if ($NoPermissions) { $arguments += '--no-permissions' }
    if ($Inject) { $arguments += @('--inject', $Inject) }
    if ($Yes) { $arguments += '--yes' }
    if ($DryRun) { $arguments += '--dry-run' }
    & (Join-Path $built 'rejoin.exe') @arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    if (-not $DryRun) {
        $rejoin = Join-Path $BinDir 'rejoin.exe'
        & $rejoin demo
        if (($env:PATH -split ';') -notcontains $BinDir) {
            Write-Host "           $BinDir is not on your PATH: add it in Settings > System > About > Advanced system settings"
        }
    }
} finally {
    Remove-Item -Recurse -Force $scratch -ErrorAction SilentlyContinue
}
