# Installs orch on Windows, or removes it. For Windows PowerShell 5.1 and PowerShell 7.
#
#   irm ADDRESS/install.ps1 | iex
#   powershell -ExecutionPolicy Bypass -File install.ps1 -From FOLDER   # the files of a release, without network
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall     # the home of orch, with its data, stays
#
# Options: -To FOLDER, -Version VERSION or 'latest', -Url ADDRESS of the releases, -KeepPath to leave PATH as it is.
param(
  [string]$To = "$env:LOCALAPPDATA\Programs\orch",
  [string]$Version = '@VERSION@',
  [string]$From = '',
  [string]$Url = '@RELEASES@',
  [switch]$Uninstall,
  [switch]$KeepPath
)

# One block: a download of this file that was cut off does nothing, and a session that ran it by 'iex' keeps its preferences.
& {
  Set-StrictMode -Version 2.0
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue' # with the bar 5.1 downloads ten times slower
  $Archive = 'orch-windows-x64.zip'
  $Program = 'orch-windows-x64.exe'

  # Adds the folder to the user's PATH in the registry, or removes it.
  function Set-UserPath([string]$Folder, [bool]$IsWanted) {
    $key = [Microsoft.Win32.Registry]::CurrentUser.CreateSubKey('Environment')
    try {
      # As it is written, with %NAME% in it: [Environment] would read and keep the values of this moment.
      $old = [string]$key.GetValue('Path', '', [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
      $parts = @($old.Split(';') | Where-Object { $_ -ne '' -and $_.TrimEnd('\') -ne $Folder })
      if ($IsWanted) { $parts = @($Folder) + $parts }
      $new = $parts -join ';'
      if ($new -eq $old) { return }
      $key.SetValue('Path', $new, [Microsoft.Win32.RegistryValueKind]::ExpandString)
    } finally {
      $key.Close()
    }
    # Removes a variable that is not there: what counts is the message about it, by which open programs read PATH again.
    [Environment]::SetEnvironmentVariable('ORCH_INSTALLED', $null, 'User')
  }

  function Get-ReleaseFile([string]$Name) {
    $path = Join-Path $work $Name
    if ($From) {
      $source = Join-Path $From $Name
      if (-not (Test-Path -LiteralPath $source)) { throw "There is no '$Name' in '$From': give the folder of a release." }
      Copy-Item -LiteralPath $source -Destination $path
      return
    }
    $base = $Url.TrimEnd('/')
    $address = if ($Version -eq 'latest') { "$base/latest/download/$Name" } else { "$base/download/v$($Version.TrimStart('v'))/$Name" }
    "Downloading $address"
    try {
      Invoke-WebRequest -UseBasicParsing -Uri $address -OutFile $path
    } catch {
      throw "'$address' could not be downloaded ($($_.Exception.Message)): check the network, and that the version exists."
    }
  }

  # The line of the release about the file, when that is what it should be.
  function Confirm-ReleaseFile([string]$Name) {
    $lines = @(Get-Content -LiteralPath (Join-Path $work 'checksums.txt'))
    $found = @($lines | Where-Object { $_ -match "^[0-9a-f]{64}  $([regex]::Escape($Name))$" })
    if ($found.Count -ne 1) { throw "checksums.txt has no line for '$Name': the release is not whole." }
    $expected = $found[0].Substring(0, 64)
    $actual = (Get-FileHash -LiteralPath (Join-Path $work $Name) -Algorithm SHA256).Hash
    if ($actual -ne $expected) { throw "The checksum of '$Name' is wrong ($actual instead of $expected): nothing was installed." }
    $found[0]
  }

  # Removes what was replaced, and what an installation that was cut off has left. One that runs stays.
  function Remove-OldProgram {
    Get-ChildItem -LiteralPath $To -Filter 'orch.exe.*.new' -Force | Remove-Item -Force -ErrorAction SilentlyContinue
    Get-ChildItem -LiteralPath $To -Filter 'orch.exe.*.old' -Force | Remove-Item -Force -ErrorAction SilentlyContinue
    if (Get-ChildItem -LiteralPath $To -Filter 'orch.exe.*.old' -Force) {
      'A server or agent runs: it keeps the old orch until you start it again.'
    }
  }

  # Removes the program. Windows keeps the file of one that runs, but lets it have another name.
  function Remove-Program([string]$Path) {
    Move-Item -LiteralPath $Path -Destination "$Path.$PID.old" -Force
    Remove-OldProgram
  }

  if ($env:OS -ne 'Windows_NT') { throw 'This is for Windows: on Linux and macOS use install.sh.' }
  if (-not [Environment]::Is64BitOperatingSystem) { throw 'There is no executable of orch for 32 bits: there is one for x64.' }
  $To = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($To).TrimEnd('\')
  $orch = Join-Path $To 'orch.exe'
  $manifest = Join-Path $To 'checksums.txt'

  if ($Uninstall) {
    if (-not (Test-Path -LiteralPath $orch)) { throw "There is no orch in '$To': say by -To FOLDER where it is." }
    Remove-Program $orch
    "Removed $orch"
    if (Test-Path -LiteralPath $manifest) {
      Remove-Item -LiteralPath $manifest -Force
      "Removed $manifest"
    }
    if (-not (Get-ChildItem -LiteralPath $To -Force)) { Remove-Item -LiteralPath $To }
    if (-not $KeepPath) { Set-UserPath $To $false }
    'The home of orch, with its data, was left as it is.'
    return
  }

  if (-not $From -and -not $Url) {
    throw 'This install.ps1 knows no address to download from: give one by -Url, or a folder with the files by -From.'
  }
  # 5.1 may offer only what servers refuse today.
  if ($PSVersionTable.PSVersion.Major -lt 6) {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  }
  $work = Join-Path ([IO.Path]::GetTempPath()) "orch-install-$PID"
  if (Test-Path -LiteralPath $work) { Remove-Item -LiteralPath $work -Recurse -Force }
  New-Item -ItemType Directory -Path $work | Out-Null
  try {
    Get-ReleaseFile 'checksums.txt'
    Get-ReleaseFile $Archive
    Confirm-ReleaseFile $Archive | Out-Null
    Expand-Archive -LiteralPath (Join-Path $work $Archive) -DestinationPath $work
    Move-Item -LiteralPath (Join-Path $work 'orch.exe') -Destination (Join-Path $work $Program)
    $line = Confirm-ReleaseFile $Program
    $found = & (Join-Path $work $Program) --version
    if ($LASTEXITCODE -ne 0) { throw "The executable does not run here: it ended with $LASTEXITCODE." }
    if (-not (Test-Path -LiteralPath $To)) { New-Item -ItemType Directory -Path $To -Force | Out-Null }
    # Beside the old one first, which may be another disk: what is left to do are two new names.
    $new = "$orch.$PID.new"
    $old = "$orch.$PID.old"
    try {
      Copy-Item -LiteralPath (Join-Path $work $Program) -Destination $new
      if (Test-Path -LiteralPath $orch) { Move-Item -LiteralPath $orch -Destination $old -Force }
      Move-Item -LiteralPath $new -Destination $orch
    } catch {
      if ((Test-Path -LiteralPath $old) -and -not (Test-Path -LiteralPath $orch)) { Move-Item -LiteralPath $old -Destination $orch }
      throw
    } finally {
      Remove-Item -LiteralPath $new -Force -ErrorAction SilentlyContinue
    }
    Remove-OldProgram
    Set-Content -LiteralPath $manifest -Value $line -Encoding Ascii
    "Wrote $orch ($found)"
    "Wrote $manifest"
  } finally {
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
  }
  if ($KeepPath) {
    "Start it by its path, or add '$To' to PATH."
    return
  }
  Set-UserPath $To $true
  if (@($env:Path.Split(';')) -notcontains $To) { $env:Path = "$To;$env:Path" }
  "Put '$To' on your PATH. Try it: orch dev"
}
