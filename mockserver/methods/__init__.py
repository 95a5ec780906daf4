"""One module per method: what it does to the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods import (
    add_edit_user,
    customer_multiple_recordings,
    customer_recording,
    delete_user,
    get_active_user_list,
    get_process_data,
    import_process_data,
    reallocate_data,
    save_disposition,
    user_status,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from mockserver.methods.call import Call

    Handler = Callable[[Call], Mapping[str, Any]]

_MODULES: Final[Mapping[str, Any]] = {
    "ImportProcessData": import_process_data,
    "getProcessData": get_process_data,
    "reallocatedata": reallocate_data,
    "saveDisposition": save_disposition,
    "customer_recording": customer_recording,
    "customer_multiple_recordings": customer_multiple_recordings,
    "addEditUser": add_edit_user,
    "deleteUser": delete_user,
    "userStatus": user_status,
    "getActiveUserList": get_active_user_list,
}
"""The module of each method, by the name of its document."""

HANDLERS: Final[Mapping[str, Handler]] = {name: module.handle for name, module in _MODULES.items()}
"""The handler of each method."""

OUTCOMES: Final[Mapping[str, Set[str]]] = {name: module.OUTCOME for name, module in _MODULES.items()}
"""The members of what each handler returns, those of a list's elements as ``list/member``: what replies may print."""
