/*
 * Source annotations that ported code carries. They say nothing to our compilers, so every one is empty.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_SAL_H
#define GUISE_SAL_H

/* Old style direction words. */
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif

/* Parameters. */
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_range_(lo, hi)
#define _In_reads_(n)
#define _In_reads_opt_(n)
#define _In_reads_bytes_(n)
#define _In_reads_bytes_opt_(n)
#define _In_reads_z_(n)
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_updates_(n)
#define _Inout_updates_opt_(n)
#define _Inout_updates_bytes_(n)
#define _Inout_updates_bytes_opt_(n)
#define _Inout_updates_to_(n, c)
#define _Inout_updates_to_opt_(n, c)
#define _Out_
#define _Out_opt_
#define _Out_writes_(n)
#define _Out_writes_opt_(n)
#define _Out_writes_z_(n)
#define _Out_writes_bytes_(n)
#define _Out_writes_bytes_opt_(n)
#define _Out_writes_bytes_to_(n, c)
#define _Out_writes_bytes_to_opt_(n, c)
#define _Out_writes_to_(n, c)
#define _Out_writes_to_opt_(n, c)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_bytebuffer_(n)
#define _Outptr_result_buffer_(n)
#define _Outptr_result_z_
#define _COM_Outptr_
#define _Reserved_
#define _Const_
#define _Field_size_(n)
#define _Field_size_opt_(n)
#define _Field_size_bytes_(n)
#define _Field_size_bytes_opt_(n)
#define _Field_z_
#define _Null_terminated_
#define _NullNull_terminated_
#define _Notnull_
#define _Maybenull_
#define _Frees_ptr_
#define _Frees_ptr_opt_

/* Results and conditions. */
#define _Check_return_
#define _Must_inspect_result_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_z_
#define _Success_(expr)
#define _Return_type_success_(expr)
#define _When_(expr, annos)
#define _At_(target, annos)
#define _Pre_
#define _Post_
#define _Pre_notnull_
#define _Post_invalid_
#define _Post_notnull_
#define _Post_ptr_invalid_
#define _Post_satisfies_(expr)
#define _Pre_satisfies_(expr)
#define _Use_decl_annotations_
#define _Analysis_assume_(expr)

/* Kernel annotations. */
#define _IRQL_requires_(irql)
#define _IRQL_requires_max_(irql)
#define _IRQL_requires_min_(irql)
#define _IRQL_requires_same_
#define _Function_class_(name)
#define __drv_allocatesMem(kind)
#define __drv_freesMem(kind)
#define __kernel_entry

#endif /* GUISE_SAL_H */
