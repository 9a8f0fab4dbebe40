/*
 * The basic Windows types, with Windows' sizes on a 64-bit Unix.
 *
 * LONG, ULONG, DWORD, BOOL, NTSTATUS and SECURITY_STATUS have 32 bits although `long` has 64 here. Types named
 * *_PTR and SIZE_T follow the size of a pointer.
 *
 * WCHAR is a UTF-16 unit. In C it is `unsigned short`: write u"text" literals, which always have that type, or
 * compile with -fshort-wchar and write L"text" as on Windows. A program built with -fshort-wchar must not hand
 * its wide strings to the C library (wcslen, printf's %ls), whose wchar_t has 32 bits. In C++ WCHAR is char16_t,
 * or wchar_t under -fshort-wchar, so that the same literals work there.
 *
 * printf's %ld does not fit a LONG here; use %d, or %u for DWORD and ULONG.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WINDEF_H
#define GUISE_WINDEF_H

#if defined(_WIN32) && !defined(GUISE_HEADERS_IN_PE)
#error "PE builds use the headers of mingw-w64, not these" /* but the units in tests/driver */
#endif

#include <stddef.h>
#include <stdint.h>
#include <sal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One calling convention exists natively. */
#define WINAPI
#define APIENTRY
#define CALLBACK
#define NTAPI
#define STDAPICALLTYPE
#define WINAPIV
#define PASCAL
#define FAR
#define NEAR
#define CONST const

#define WINBASEAPI
#define WINADVAPI
#define NTSYSAPI
#define NTSYSCALLAPI
#define NTKERNELAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define FORCEINLINE static inline __attribute__((always_inline))
#ifndef UNALIGNED
#define UNALIGNED
#endif

#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif

#ifndef NULL
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#endif

#define FALSE 0
#define TRUE 1

#define MAX_PATH 260

/* Integers and characters. */
#define VOID void
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef char CHAR, *PCHAR, CCHAR;
typedef signed char INT8;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE, UINT8;
typedef const UCHAR *PCUCHAR;
typedef short SHORT, *PSHORT, INT16;
typedef unsigned short USHORT, *PUSHORT, WORD, *PWORD, *LPWORD, UINT16, ATOM, LANGID;
typedef int INT, *PINT, *LPINT, INT32, LONG, *PLONG, *LPLONG, LONG32, BOOL, *PBOOL, *LPBOOL;
typedef unsigned int UINT, *PUINT, UINT32, ULONG, *PULONG, ULONG32, DWORD, *PDWORD, *LPDWORD, DWORD32;
typedef const ULONG *PCULONG;
typedef long long LONGLONG, *PLONGLONG, LONG64, INT64;
typedef unsigned long long ULONGLONG, *PULONGLONG, DWORDLONG, *PDWORDLONG, ULONG64, DWORD64, *PULONG64, UINT64;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef float FLOAT;
typedef double DOUBLE;
typedef DWORD LCID;

/* As wide as a pointer. */
typedef intptr_t LONG_PTR, *PLONG_PTR, INT_PTR, *PINT_PTR, SSIZE_T, *PSSIZE_T;
typedef uintptr_t ULONG_PTR, *PULONG_PTR, UINT_PTR, *PUINT_PTR, DWORD_PTR, *PDWORD_PTR, SIZE_T, *PSIZE_T;
typedef ULONG_PTR KAFFINITY;

/* UTF-16 units and strings. */
#ifndef __cplusplus
typedef unsigned short WCHAR;
#elif __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#else
typedef char16_t WCHAR;
#endif
typedef WCHAR *PWCHAR, *PWCH, *LPWCH, *PWSTR, *LPWSTR, *NWPSTR;
typedef const WCHAR *PCWCH, *LPCWCH, *PCWSTR, *LPCWSTR;
typedef CHAR *PCH, *LPCH, *PSTR, *LPSTR, *PSZ;
typedef const CHAR *PCCH, *LPCCH, *PCSTR, *LPCSTR, *PCSZ;

/* A WCHAR literal, whatever UNICODE says. */
#if __SIZEOF_WCHAR_T__ == 2
#define __WTEXT(quote) L##quote
#else
#define __WTEXT(quote) u##quote
#endif

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR;
typedef LPWSTR PTSTR, LPTSTR;
typedef LPCWSTR PCTSTR, LPCTSTR;
#define __TEXT(quote) __WTEXT(quote)
#else
typedef char TCHAR, *PTCHAR;
typedef LPSTR PTSTR, LPTSTR;
typedef LPCSTR PCTSTR, LPCTSTR;
#define __TEXT(quote) quote
#endif
#define TEXT(quote) __TEXT(quote)

#define UNICODE_NULL ((WCHAR)0)
#define ANSI_NULL ((CHAR)0)

/* Handles. */
typedef void *HANDLE, **PHANDLE, **LPHANDLE;
#define DECLARE_HANDLE(name) \
    struct name##__ { int unused; }; \
    typedef struct name##__ *name
DECLARE_HANDLE(HINSTANCE);
typedef HINSTANCE HMODULE;
DECLARE_HANDLE(HWND);
DECLARE_HANDLE(HKEY);
typedef HANDLE HGLOBAL, HLOCAL;
typedef INT_PTR (WINAPI *FARPROC)(void);

typedef LONG HRESULT;
typedef LONG SCODE;

typedef struct _FILETIME
{
    DWORD dwLowDateTime; /* 100 ns since 1601-01-01 UTC */
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID
{
    ULONG Data1;
    USHORT Data2;
    USHORT Data3;
    UCHAR Data4[8];
} GUID, *LPGUID;
typedef const GUID *LPCGUID;
#endif

/* Limits. */
#define MINCHAR   0x80
#define MAXCHAR   0x7f
#define MINSHORT  0x8000
#define MAXSHORT  0x7fff
#define MINLONG   0x80000000
#define MAXLONG   0x7fffffff
#define MAXBYTE   0xff
#define MAXWORD   0xffff
#define MAXDWORD  0xffffffff
#define MAXUSHORT 0xffff
#define MAXULONG  0xffffffff

#define LOBYTE(w) ((BYTE)((DWORD_PTR)(w) & 0xff))
#define HIBYTE(w) ((BYTE)(((DWORD_PTR)(w) >> 8) & 0xff))
#define LOWORD(l) ((WORD)((DWORD_PTR)(l) & 0xffff))
#define HIWORD(l) ((WORD)(((DWORD_PTR)(l) >> 16) & 0xffff))
#define MAKEWORD(low, high) ((WORD)((BYTE)(DWORD_PTR)(low) | ((WORD)(BYTE)(DWORD_PTR)(high) << 8)))
#define MAKELONG(low, high) ((LONG)((WORD)(DWORD_PTR)(low) | ((DWORD)(WORD)(DWORD_PTR)(high) << 16)))

#define UNREFERENCED_PARAMETER(x) ((void)(x))
#define ARRAYSIZE(a) (sizeof(a) / sizeof((a)[0]))
#ifndef FIELD_OFFSET
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#endif
#ifndef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, field) ((type *)((char *)(address) - offsetof(type, field)))
#endif
#define HandleToULong(h) ((ULONG)(ULONG_PTR)(h))
#define HandleToLong(h) ((LONG)(LONG_PTR)(h))
#define ULongToHandle(u) ((HANDLE)(ULONG_PTR)(ULONG)(u))
#define LongToHandle(l) ((HANDLE)(LONG_PTR)(LONG)(l))
#define PtrToUlong(p) ((ULONG)(ULONG_PTR)(p))
#define UlongToPtr(u) ((PVOID)(ULONG_PTR)(ULONG)(u))

#ifdef __cplusplus
}
#endif

#include <winnt.h>

#endif /* GUISE_WINDEF_H */
