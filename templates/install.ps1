# Installs orch on Windows, or removes it.
#
#   irm ADDRESS/install.ps1 | iex
#   .\install.ps1 -From FOLDER       # with the files of a release, without network
#   .\install.ps1 -Uninstall         # the home of orch, with its data, stays
param(
  [string]$To = "$env:LOCALAPPDATA\Programs\orch",
  [string]$Version = '@VERSION@',
  [string]$From,
  [string]$Url = '@RELEASES@',
  [switch]$Uninstall
)
$ErrorActionPreference = 'Stop'

if ($Uninstall) {
  foreach ($name in 'orch.exe', 'checksums.txt') {
    $path = Join-Path $To $name
    if (Test-Path $path) { Remove-Item $path; "Removed $path" }
  }
  if ((Test-Path $To) -and -not (Get-ChildItem $To -Force)) { Remove-Item $To }
  'The home of orch, with its data, was left as it is.'
  return
}

function Get-ReleaseFile([string]$Name, [string]$Path) {
  if ($From) {
    $source = Join-Path $From $Name
    if (-not (Test-Path $source)) { throw "There is no '$Name' in '$From': give the folder of a release." }
    Copy-Item $source $Path
    return
  }
  if (-not $Url) { throw 'This install.ps1 knows no address to download from: give one by -Url, or a folder with the files by -From.' }
  $address = if ($Version -eq 'latest') { "$Url/latest/download/$Name" } else { "$Url/download/v$Version/$Name" }
  Invoke-WebRequest -UseBasicParsing -Uri $address -OutFile $Path
}

$work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory $work | Out-Null
try {
  Get-ReleaseFile 'checksums.txt' "$work\checksums.txt"
  Get-ReleaseFile 'orch-windows-x64.zip' "$work\orch.zip"
  Expand-Archive "$work\orch.zip" $work
  $line = Get-Content "$work\checksums.txt" | Where-Object { $_ -match '^[0-9a-f]{64}  orch-windows-x64\.exe$' }
  if (-not $line) { throw 'checksums.txt has no line for orch-windows-x64.exe: the release is not whole.' }
  $expected = $line.Split(' ')[0]
  $actual = (Get-FileHash "$work\orch.exe" -Algorithm SHA256).Hash.ToLower()
  if ($actual -ne $expected) { throw "The checksum of orch.exe is wrong ($actual instead of $expected): nothing was installed." }
  New-Item -ItemType Directory -Force $To | Out-Null
  Move-Item -Force "$work\orch.exe" (Join-Path $To 'orch.exe')
  Set-Content (Join-Path $To 'checksums.txt') $line
  "Wrote $(Join-Path $To 'orch.exe')"
  "Wrote $(Join-Path $To 'checksums.txt')"
  if ($env:Path.Split(';') -notcontains $To) { "'$To' is not on your PATH. Add it: setx PATH `"$To;%PATH%`"" }
} finally {
  Remove-Item -Recurse -Force $work
}
