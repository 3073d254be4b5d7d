"""What the database's own functions say, by digest: a rule that is there in name alone must be missed.

SHA-256 of each function's source as `pg_proc.prosrc` holds it. A migration that changes a function changes its line
here; tests/api/test_readiness.py prints the table anew where it differs.
"""

from typing import Final

BODIES: Final[dict[str, str]] = {
    "audit_event_chain": "6fa4655089cbd3a28ef4df5007cd55b91a9cacc7c717f0ee6a79bf11d519f03f",
    "audit_event_not_into_a_frozen_log": "8acc2c8af5f72b1548ae8eb12ecdab1e49d056f6bd40e25ea74ea02a3b10b5f6",
    "audit_event_stamp": "0a0610947c8f23120d11abb67f4e53cfe0f343f047b5d942f94548895669e74b",
    "audit_int_at": "84bc95f4c55e4c5a9f7a89ea176d88cc477734c3eab0fc31197bb463917df0a3",
    "audit_json_of": "d81aaa5e15ac79f7da8e9f3ef183aca4d6c83e3e112660a94d812a20c427409f",
    "audit_leaf_hash": "3a26e9ccecdbbf70454a3279d83f80d8b3edf5a4deaab8746ca11e8e9e0b50b0",
    "audit_leaf_is_of_its_event": "28ec6e017d12d3d46384744e20ff4095f4288aa47a0d49a85f25c861e5248c3d",
    "audit_log_begins_empty": "9f81a498899dc7a8c596d40ae248ccbb2d84fa676c2022141a609d0f5fc3dee1",
    "audit_log_follows": "f22c7a3f0a62265f1a896665d10a9f4722877ced913032cef9274f6a9ccc55ba",
    "audit_log_only_grows": "ebd6f1afa8dbc9cea381fba5d5f9091e9c0c460c005f6cf3f7f73d708be62b45",
    "audit_refuse": "084f9b141228a330790baf20881d7dfe33d9959a306515af59499dc0d4686da8",
    "audit_text_at": "5cef5b493a604e81907ee2546cdf309f4ee337e05f5256fe8cac4266a8cfbcf7",
    "audit_utf8": "e9794acb08b8a16809569561690e346587e60bf721d2a74ba4497ae5fc0bfb87",
    "audit_uuid_at": "a3890d17841a48e2adc447c72226baa3f4c452813123313205844343924a712b",
    "tasks_holder_is_active": "a710af3e911f30a37f05b85a71ef6e5738ff2b2aa00ef40ba989724b9d68f5de",
    "tasks_task_against_event": "f2c1a7ac710f889cd44731642c1b79a14734af62b019a7416683a157bd16b483",
    "tasks_task_guard": "0b292e144ac079088e4cfba199285c601f520c52f76abcdb2fdf558d4edcb378",
    "workflow_actions_of": "368a920df0a063c7dfe1b79d2aa0373ea0e7339d6868bc0ebc07b7a5775bf885",
    "workflow_case_against_log": "b62212bd86727a58267674b26c0fa7f496bc4914b10b0f840187808a6c273781",
    "workflow_case_move": "8040da9db65c425cc8a4b35fe1f3f8de708edc7b9dc7badd5ab46583b7f437db",
    "workflow_decided_in_part": "534b0a842b5912fac95fda152bd9c867565147377fc731b6dec8c49b16bb80b0",
    "workflow_event_against_case": "8ba34c00c0be23a4348a027b8aef03baafe48c85d9c0eaf8ff1f67584fd407cb",
    "workflow_exclusion_against_events": "76b04df664c7fe6d11d4d14015d032333d1df8f155c80ddbaef1ef611e1c976a",
    "workflow_exclusion_by_two": "6673639f3889c0b5b2a486c75c3aaa4c391d081e217e407ef5b8b4443ff69a69",
    "workflow_exclusion_guard": "99a9f336d999eed32f75a83b223f62b5cd7f22454a42f81875813c83c84aa98d",
    "workflow_final_has_its_label": "8f8f20f61c71ec9d2e7e4f7e1fbee66ab55bac4df96e9a544e44cab2fd850716",
    "workflow_member_against_event": "c04bc73baa4fe0b1c984ddfcdb7255d4950cd0daba1630f71b45d74a2e61255d",
    "workflow_member_guard": "9e5cf92de7b29d3bc522c5e074970b7933048a5c51ef853233ba67692ba3f5be",
    "workflow_moves": "c728f3e84657c0b32feb98a666fd9f5ab76abb9f7ff092ae8e4dd66d504afd02",
    "workflow_part_begins": "c3c4e0e86561f4b875e806cce52a4ec608dba0de478e4dadc12ff29f609323f2",
    "workflow_part_guard": "e55e7c531a30d63096d38fbceb41679c4261359f1f63b4360bc4c959940b25b7",
    "workflow_project_guard": "bda62c8fc55fcca55bba6773df3a8efc838c30526069a5c9b794a63faa879c6e",
    "workflow_refuse_change": "1e64e11a0c114ddfec2fecdb63bd982cb4f851cce7bef088fee3fd29232fcf7b",
    "workflow_require_case_matches_log": "3237e8c1ddf6939193e6f72d1de88898f4a2a3b9975d23d77ae8b73821f261cf",
    "workflow_round_is_the_cases": "8f16a2c0b8f28f52728ae339898241cf4dcdf91e3bd6a39c54a8aabf94c3485c",
    "workflow_round_is_under_published": "a7118868b3b3f12d391e568e99af945ac6d383a65bc0c0f1b8c717c0c4ffaf0b",
    "workflow_row_against_event": "4d1464a7d6374a497d9d1874f3f57ab108595c22493f5b18d517be942db43b14",
    "workflow_safety_against_event": "4212683e8db42079cc80e1876f567fac96f537fa615988a685d68cf2fa40c28e",
    "workflow_safety_guard": "962547fa707eddc0e187f00ed2040d561c1b84c2a3ed478806b83ee779b4be30",
    "workflow_version_against_event": "220e8f267fc8f4b52264d3f6e31c02d48691e6cf7aad99bd7fb57de6bcc05ac1",
    "workflow_version_guard": "0470869e5c43384b63f888deebfae5fbc806d9b6738ff2910134605ffeec5983",
}
