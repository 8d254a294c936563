//! An object that prints itself: `Debug` and `Display` where the notebook has
//! `__repr__` and `__str__`.

use std::fmt;

/// The notebook's employee; its texts are the notebook's, leading space
/// included.
///
/// ```
/// use speedup::workload::employee::Employee;
///
/// let employee = Employee::notebook();
/// assert_eq!(format!("{employee:?}"), " repr. Employee(emp_id=102, name='Rahul')");
/// assert_eq!(format!("{employee}"), " str. Employee ID: 102, Name: Rahul");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Employee {
    /// The number by which the company knows them.
    pub emp_id: u32,
    /// What everybody else calls them.
    pub name: String,
}

/// What the notebook prints for `repr(e)`.
pub const REPR: &str = " repr. Employee(emp_id=102, name='Rahul')";

/// What the notebook prints for `str(e)`.
pub const STR: &str = " str. Employee ID: 102, Name: Rahul";

impl Employee {
    /// The one employee of the notebook: `Employee(102, "Rahul")`.
    ///
    /// ```
    /// assert_eq!(speedup::workload::employee::Employee::notebook().emp_id, 102);
    /// ```
    #[must_use]
    pub fn notebook() -> Self {
        Self {
            emp_id: 102,
            name: "Rahul".to_owned(),
        }
    }
}

/// Python's `__repr__`.
impl fmt::Debug for Employee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { emp_id, name } = self;
        write!(f, " repr. Employee(emp_id={emp_id}, name='{name}')")
    }
}

/// Python's `__str__`.
impl fmt::Display for Employee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { emp_id, name } = self;
        write!(f, " str. Employee ID: {emp_id}, Name: {name}")
    }
}

/// The same employee with the `Debug` that the compiler writes.
pub mod derived {
    /// See [`super::Employee`].
    ///
    /// ```
    /// let employee = speedup::workload::employee::derived::Employee::notebook();
    /// assert_eq!(format!("{employee:?}"), r#"Employee { emp_id: 102, name: "Rahul" }"#);
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Employee {
        /// See [`super::Employee::emp_id`].
        pub emp_id: u32,
        /// See [`super::Employee::name`].
        pub name: String,
    }

    /// What the derived `Debug` prints for the notebook's employee.
    pub const DEBUG: &str = r#"Employee { emp_id: 102, name: "Rahul" }"#;

    impl Employee {
        /// The one employee of the notebook.
        ///
        /// ```
        /// assert_eq!(speedup::workload::employee::derived::Employee::notebook().name, "Rahul");
        /// ```
        #[must_use]
        pub fn notebook() -> Self {
            let super::Employee { emp_id, name } = super::Employee::notebook();
            Self { emp_id, name }
        }
    }
}
