import time, pytest
from tests.people import study
from tests.screens.desk import Desk
pytestmark = pytest.mark.django_db(transaction=True)
def test_speed():
    study()
    table = "external_ref,patient_key,split,site\n" + "".join(f"r{n},p{n},train,north\n" for n in range(1000))
    m = Desk("maria")
    t=time.monotonic(); m.post("/projects/chest/cases/import/", 200, table=table); print("check", time.monotonic()-t)
    t=time.monotonic(); m.post("/projects/chest/cases/import/", table=table, do="register"); print("register", time.monotonic()-t)
    t=time.monotonic(); m.get("/projects/chest/"); print("overview", time.monotonic()-t)
    t=time.monotonic(); m.get("/projects/chest/cases/"); print("cases", time.monotonic()-t)
    t=time.monotonic(); m.get("/projects/chest/staffing/"); print("staffing", time.monotonic()-t)
