@echo off
rem Guise's conformance units on this Windows: writes guise-winetest.log beside this file.
rem   run.cmd                     changes nothing on this machine; what needs a second account is left out
rem   run.cmd --create-accounts   as administrator: makes local accounts, and removes each when its unit has ended
rem SPDX-License-Identifier: LGPL-2.1-or-later
setlocal
cd /d "%~dp0"
set LOG=guise-winetest.log
set MACHINE=x86_64
if "%PROCESSOR_ARCHITECTURE%"=="x86" if not defined PROCESSOR_ARCHITEW6432 set MACHINE=i686
set UNITS=0
set FAILED=0
type version.txt >%LOG%
%MACHINE%\secur32_test.exe system >>%LOG% 2>&1
for %%r in (secur32 advapi32) do (
    for /f %%u in ('%MACHINE%\%%r_test.exe --list') do call :unit %%r %%u %1
)
echo %UNITS% units, %FAILED% failed: %LOG%
exit /b %FAILED%

:unit
if "%2"=="system" goto :eof
set SOURCE=tests/%1/%2.c
if "%2"=="accounts" set SOURCE=tests/windows/accounts.c
if "%2"=="impersonate_pipe" set SOURCE=tests/windows/%1/%2.c
if "%1:%2"=="advapi32:accounts" goto :eof
echo %1:%2
>>%LOG% echo @unit %1:%2 %SOURCE%
%MACHINE%\%1_test.exe --log %3 %2 >>%LOG% 2>&1
set CODE=%ERRORLEVEL%
set /a UNITS+=1
if not "%CODE%"=="0" set /a FAILED+=1
if "%CODE%"=="258" set CODE=timeout
>>%LOG% echo @exit %1:%2 %CODE%
goto :eof
