@echo off
rem Guise's kernel units on this Windows: loads guise_test.sys once a unit, writes guise-kernel.log beside this file, removes the driver.
rem In an elevated window of a virtual machine that may crash, with test signing on and the driver signed: README.txt.
rem SPDX-License-Identifier: LGPL-2.1-or-later
setlocal
cd /d "%~dp0"
set LOG=guise-kernel.log
type version.txt >%LOG%
x86_64\secur32_test.exe system >>%LOG% 2>&1
driver\guise_kernel_test.exe %* >>%LOG%
set FAILED=%ERRORLEVEL%
echo %FAILED% units failed: %LOG%
exit /b %FAILED%
